"""What the clients work with, and the lines that they print."""

import json

# A picture as far as its first bytes say.
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


class Stage:
    """The simulator's address, its number, and whom to write to. `faults` maps recipients to the code that refuses
    them; `wamid` is a customer's message, which can be marked as read."""

    def __init__(self, stage):
        facts = json.loads(stage)
        self.base, self.token = facts["base"], facts["token"]
        self.phone_number_id, self.waba_id = facts["phone_number_id"], facts["waba_id"]
        self.own, self.to, self.user_id = facts["own"], facts["to"], facts["user_id"]
        self.nuisance, self.wamid, self.faults = facts["nuisance"], facts["wamid"], facts["faults"]


def tell(**facts):
    print(json.dumps(facts), flush=True)


def accepted(client, calls):
    """Prints the calls, which are pairs of name and id. One that is refused raises."""
    for call, id in calls:
        tell(client=client, call=call, id=id)


def refused(client, call, code):
    """Prints a call that is refused. `code` is what the client shows; None if it was accepted."""
    tell(client=client, call=call, code=code)
