"""heyoo, from PyPI: a client of older versions of the Graph API, which writes absent values as null."""

import os
import tempfile

import heyoo
from stage import PICTURE, accepted, refused

ADDRESS = "https://example.com"


def connect(stage, token=None, phone_number_id=None):
    wa = heyoo.WhatsApp(token or stage.token, phone_number_id or stage.phone_number_id)
    wa.base_url, wa.v15_base_url = f"{stage.base}/v14.0", f"{stage.base}/v15.0"
    wa.url = f"{wa.base_url}/{wa.phone_number_id}/messages"
    return wa


def run(stage):
    wa = connect(stage)
    with tempfile.TemporaryDirectory() as folder:
        picture = os.path.join(folder, "a.png")
        with open(picture, "wb") as file:
            file.write(PICTURE)
        accepted("heyoo", calls(wa, stage, picture))
    for call, answer in refusals(wa, stage):
        refused("heyoo", call, code(answer))


def code(answer):
    """Of a read mark that is refused, the client returns the response itself."""
    answer = answer if isinstance(answer, dict) else answer.json()
    return answer.get("error", {}).get("code")


def sent(answer):
    return answer["messages"][0]["id"]


def calls(wa, stage, picture):
    to = stage.to
    text = sent(wa.send_message("Hello", to))
    yield "text", text
    yield "text without a preview", sent(wa.send_message("Hello", to, preview_url=False))
    yield "quote", sent(wa.reply_to_message(text, to, "Hello"))
    yield "reaction", sent(wa.send_reaction("👍", text, to))
    yield "no reaction", sent(wa.send_reaction("", text, to))
    yield "template", sent(wa.send_template("we_are_back", to, []))
    yield "template with values", sent(wa.send_template("order_update", to, order_update("Ada", "4711")))
    yield "location", sent(wa.send_location("52.1", "13.2", "Office", "Street 1", to))
    yield "image by address", sent(wa.send_image(f"{ADDRESS}/a.png", to))
    media = wa.upload_media(picture)["id"]
    yield "upload", media
    yield "image by id", sent(wa.send_image(media, to, caption="A", link=False))
    url = wa.query_media_url(media)
    with open(wa.download_media(url, "image/png", os.path.splitext(picture)[0] + "-again"), "rb") as file:
        assert file.read() == PICTURE, "the file that was uploaded"
    yield "download", media
    yield "sticker", sent(wa.send_sticker(f"{ADDRESS}/a.webp", to))
    yield "audio", sent(wa.send_audio(f"{ADDRESS}/a.mp3", to))
    yield "video", sent(wa.send_video(f"{ADDRESS}/a.mp4", to, caption="A"))
    yield "document", sent(wa.send_document(f"{ADDRESS}/a.pdf", to, filename="a.pdf"))
    yield "document by id", sent(wa.send_document(media, to, link=False))
    assert wa.delete_media(media)["success"]
    yield "delete", media
    cards = [{"name": {"formatted_name": "Ada Example", "first_name": "Ada"}, "phones": [{"phone": "+1"}]}]
    yield "contact", sent(wa.send_contacts(cards, to))
    yield "list", sent(wa.send_button(listed(2), to))
    buttons = [{"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]
    yield "buttons", sent(wa.send_reply_button({"type": "button", "body": {"text": "Sure?"}, "action": {"buttons": buttons}}, to))
    # What a caller writes goes out as it is.
    custom = {"messaging_product": "whatsapp", "type": "text", "text": {"body": "Hello"}}
    yield "own JSON", sent(wa.send_custom_json(custom, to))
    assert wa.mark_as_read(stage.wamid)["success"]
    yield "read", "read"


def order_update(*values):
    return [{"type": "body", "parameters": [{"type": "text", "text": value} for value in values]}]


def listed(rows):
    rows = [{"id": f"r{n}", "title": f"Row {n}"} for n in range(rows)]
    action = {"button": "Open", "sections": [{"title": "All", "rows": rows}]}
    return {"header": "Order", "body": "Which?", "footer": "Acme", "action": action}


def refusals(wa, stage):
    to = stage.to
    yield "wrong token", connect(stage, token="wrong").send_message("Hello", to)
    yield "wrong number id", connect(stage, phone_number_id="1").send_message("Hello", to)
    yield "too long", wa.send_message("x" * 4097, to)
    yield "empty", wa.send_message("", to)
    yield "to itself", wa.send_message("Hello", stage.own)
    yield "no number", wa.send_message("Hello", "+12")
    yield "to a group", wa.send_message("Hello", to, recipient_type="group")
    yield "rows too many", wa.send_button(listed(11), to)
    yield "unknown file", wa.send_image("1", to, link=False)
    yield "no address", wa.send_image("ftp://example.com/a.png", to)
    yield "not on this planet", wa.send_location("91", "13.2", "Office", "Street 1", to)
    yield "no name", wa.send_contacts([{"phones": [{"phone": "+1"}]}], to)
    yield "unknown template", wa.send_template("nobody_knows", to, [])
    yield "missing value", wa.send_template("order_update", to, order_update("Ada"))
    yield "no product", wa.send_custom_json({"type": "text", "text": {"body": "Hello"}}, to)
    yield "unknown type", wa.send_custom_json({"messaging_product": "whatsapp", "type": "song", "song": {}}, to)
    yield "unknown message", wa.mark_as_read("wamid.unknown")
    for number, expected in stage.faults.items():
        yield f"fault {expected}", wa.send_message("Hello", number)
