"""Clients of the WhatsApp Cloud API that nobody here wrote, pywa, kapso and heyoo, against the simulator.

    python whatsapp send STAGE
        makes every call of each client: those that are accepted and those that are refused. STAGE is the JSON of
        `Stage` (stage.py). One JSON line for each call: the client, the call, and an id or the code of the refusal
    python whatsapp receive APP_SECRET
        reads webhooks on standard input, a line each: signature, blank, body; one JSON line for each: whether the
        signature holds, and what pywa and kapso made of the body

The client of npm is calls.mjs, with the same STAGE and the same lines. One more call: a line in the client's file. What
must come of it is held by tests/it/simulator_peers.rs.
"""

import sys

import heyoo_calls
import kapso_calls
import pywa_calls
import receive
from stage import Stage


def send(stage):
    for client in (pywa_calls, kapso_calls, heyoo_calls):
        client.run(Stage(stage))


if __name__ == "__main__":
    {"send": send, "receive": receive.run}[sys.argv[1]](*sys.argv[2:])
