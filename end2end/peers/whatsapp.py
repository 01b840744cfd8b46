"""Two clients of the WhatsApp Cloud API that nobody here wrote, pywa and kapso, against the simulator.

    whatsapp.py send BASE PHONE_NUMBER_ID TOKEN TO USER_ID
        sends everything a business can; one JSON line for each call: what was asked, and the id or why not
    whatsapp.py receive APP_SECRET
        reads webhooks on standard input, a line each: signature, blank, body; one JSON line for each: whether the
        signature holds, and what either client made of the body

One more call: a line in `pywa_calls` or `kapso_calls`. What must come of it is held by tests/it/simulator_peers.rs.
"""

import asyncio
import json
import sys

from kapso_whatsapp import WhatsAppClient
from kapso_whatsapp.webhooks import normalize_webhook, verify_signature
from pywa import WhatsApp, handlers, types

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


def tell(**facts):
    print(json.dumps(facts), flush=True)


def pywa_calls(wa, to, user_id):
    text = wa.send_message(to, "Hello")
    yield "text", text.id
    yield "text to a user id", wa.send_message(user_id, "Hello").id
    yield "quote", wa.send_message(to, "Hello", reply_to_message_id=text.id).id
    buttons = [types.Button("Yes", "yes"), types.Button("No", "no")]
    yield "buttons", wa.send_message(to, "Sure?", buttons=buttons).id
    rows = [types.SectionRow("One", "one", "the first"), types.SectionRow("Two", "two")]
    yield "list", wa.send_message(to, "Which?", buttons=types.SectionList("Open", [types.Section("All", rows)])).id
    yield "link button", wa.send_message(to, "Look", buttons=types.URLButton("Open", "https://example.com")).id
    yield "location request", wa.request_location(to, "Where are you?").id
    yield "call permission", wa.send_message(to, "May we call?", buttons=types.CallPermissionRequestButton()).id
    yield "image by address", wa.send_image(to, "https://example.com/a.png", caption="A picture").id
    media = wa.upload_media(PICTURE, mime_type="image/png", filename="a.png")
    yield "upload", media.id
    yield "image by id", wa.send_image(to, media.id, mime_type="image/png").id
    yield "document", wa.send_document(to, "https://example.com/a.pdf", filename="a.pdf").id
    url = wa.get_media_url(media.id)
    assert wa.get_media_bytes(url.url) == PICTURE, "the file that was uploaded"
    yield "download", url.id
    yield "audio", wa.send_audio(to, "https://example.com/a.mp3").id
    yield "video", wa.send_video(to, "https://example.com/a.mp4").id
    yield "sticker", wa.send_sticker(to, "https://example.com/a.webp").id
    yield "location", wa.send_location(to, 52.1, 13.2, "Office", "Street 1").id
    name = types.Contact.Name(formatted_name="Ada Example", first_name="Ada")
    yield "contact", wa.send_contact(to, types.Contact(name=name, phones=[types.Contact.Phone(phone="+1")])).id
    yield "reaction", wa.send_reaction(to, "👍", text.id).id
    yield "no reaction", wa.remove_reaction(to, text.id).id
    assert wa.delete_media(media.id).success
    yield "delete", media.id
    assert wa.get_business_phone_number().display_phone_number
    yield "number", wa.phone_id


async def kapso_calls(wa, phone_number_id, to):
    messages, both = wa.messages, {"phone_number_id": phone_number_id, "to": to}
    sent = lambda answer: answer.messages[0].id
    text = sent(await messages.send_text(**both, body="Hello", biz_opaque_callback_data="ours"))
    yield "text", text
    yield "quote", sent(await messages.send_text(**both, body="Hello", context={"message_id": text}))
    buttons = [{"id": "yes", "title": "Yes"}, {"id": "no", "title": "No"}]
    yield "buttons", sent(await messages.send_interactive_buttons(**both, body_text="Sure?", buttons=buttons))
    sections = [{"title": "All", "rows": [{"id": "one", "title": "One"}]}]
    listed = messages.send_interactive_list(**both, body_text="Which?", button_text="Open", sections=sections)
    yield "list", sent(await listed)
    link = {"display_text": "Open", "url": "https://example.com"}
    yield "link button", sent(await messages.send_interactive_cta_url(**both, body_text="Look", parameters=link))
    yield "location request", sent(await messages.send_interactive_location_request(**both, body_text="Where?"))
    yield "image by address", sent(await messages.send_image(**both, image={"link": "https://example.com/a.png"}))
    yield "location", sent(await messages.send_location(**both, location={"latitude": 52.1, "longitude": 13.2}))
    yield "reaction", sent(await messages.send_reaction(**both, reaction={"message_id": text, "emoji": "👍"}))


def send(base, phone_number_id, token, to, user_id):
    wa = WhatsApp(phone_id=phone_number_id, token=token)
    wa.api._session.base_url = f"{base}/v26.0"
    for call, id in pywa_calls(wa, to, user_id):
        tell(client="pywa", call=call, id=id)

    async def kapso():
        async with WhatsAppClient(access_token=token, base_url=base, graph_version="v26.0") as wa:
            async for call, id in kapso_calls(wa, phone_number_id, to):
                tell(client="kapso", call=call, id=id)

    asyncio.run(kapso())


def receive(app_secret):
    wa = WhatsApp(server=None, app_secret=app_secret, verify_token="unused", token="unused", filter_updates=False)
    seen = []
    for kind in vars(handlers).values():
        if isinstance(kind, type) and issubclass(kind, handlers.Handler) and kind.__name__.endswith("Handler"):
            if kind.__name__ not in ("Handler", "_FactoryHandler", "RawUpdateHandler"):
                wa.add_handlers(kind(lambda _, update: seen.append(update)))
    for line in sys.stdin.buffer:
        signature, body = line.rstrip(b"\n").split(b" ", 1)
        signature = signature.decode()
        refused = wa.webhook_update_validator(body, signature)
        forged = wa.webhook_update_validator(body + b" ", signature)
        seen.clear()
        wa.webhook_update_handler(body)
        normalized = normalize_webhook(json.loads(body))
        tell(
            signed=refused is None and verify_signature(app_secret=app_secret, raw_body=body, signature_header=signature),
            forged=forged is None or verify_signature(app_secret=app_secret, raw_body=body + b" ", signature_header=signature),
            pywa=[{"is": type(update).__name__, "type": getattr(update, "type", None)} for update in seen],
            kapso={
                "messages": [message.get("type") for message in normalized.messages],
                "statuses": [status.status for status in normalized.statuses],
            },
        )


if __name__ == "__main__":
    {"send": send, "receive": receive}[sys.argv[1]](*sys.argv[2:])
