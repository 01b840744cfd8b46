"""kapso-whatsapp-cloud-api, from PyPI: an asynchronous client with models of its own."""

import asyncio

from kapso_whatsapp import WhatsAppClient
from kapso_whatsapp.exceptions import WhatsAppAPIError
from stage import PICTURE, accepted, refused

ADDRESS = "https://example.com"


def connect(stage, token):
    # A retry would wait for seconds.
    return WhatsAppClient(access_token=token, base_url=stage.base, graph_version="v26.0", max_retries=0)


def run(stage):
    asyncio.run(make(stage))


async def make(stage):
    async with connect(stage, stage.token) as wa, connect(stage, "wrong") as stranger:
        for calls in (messages(wa, stage), interactive(wa, stage), others(wa, stage)):
            accepted("kapso", [call async for call in calls])
        for call, make in refusals(wa, stranger, stage):
            refused("kapso", call, await code(make))


async def code(make):
    try:
        await make()
    except WhatsAppAPIError as error:
        return error.error_code
    return None


def sent(answer):
    return answer.messages[0].id


async def messages(wa, stage):
    say, both = wa.messages, {"phone_number_id": stage.phone_number_id, "to": stage.to}
    text = sent(await say.send_text(**both, body="Hello", preview_url=True, biz_opaque_callback_data='{"row":1}'))
    yield "text", text
    yield "quote", sent(await say.send_text(**both, body="Hello", context={"message_id": text}))
    yield "image by address", sent(await say.send_image(**both, image={"link": f"{ADDRESS}/a.png", "caption": "A"}))
    number = {"phone_number_id": stage.phone_number_id}
    uploaded = await wa.media.upload(**number, file=PICTURE, type="image/png", filename="a.png")
    yield "upload", uploaded.id
    yield "image by id", sent(await say.send_image(**both, image={"id": uploaded.id}))
    yield "file", (await wa.media.get(media_id=uploaded.id, **number)).id
    assert await wa.media.download(media_id=uploaded.id) == PICTURE, "the file that was uploaded"
    yield "download", uploaded.id
    assert (await wa.media.delete(media_id=uploaded.id))["success"]
    yield "delete", uploaded.id
    yield "video", sent(await say.send_video(**both, video={"link": f"{ADDRESS}/a.mp4", "caption": "A"}))
    yield "audio", sent(await say.send_audio(**both, audio={"link": f"{ADDRESS}/a.mp3"}))
    yield "voice", sent(await say.send_audio(**both, audio={"link": f"{ADDRESS}/a.ogg", "voice": True}))
    document = {"link": f"{ADDRESS}/a.pdf", "filename": "a.pdf", "caption": "Read"}
    yield "document", sent(await say.send_document(**both, document=document))
    yield "sticker", sent(await say.send_sticker(**both, sticker={"link": f"{ADDRESS}/a.webp"}))
    yield "location", sent(await say.send_location(**both, location={"latitude": 52.1, "longitude": 13.2}))
    card = {"name": {"formattedName": "Ada Example", "firstName": "Ada"}, "phones": [{"phone": "+1", "type": "CELL"}]}
    yield "contact", sent(await say.send_contacts(**both, contacts=[card]))
    yield "reaction", sent(await say.send_reaction(**both, reaction={"message_id": text, "emoji": "👍"}))
    yield "no reaction", sent(await say.send_reaction(**both, reaction={"message_id": text, "emoji": ""}))
    yield "template", sent(await say.send_template(**both, template={"name": "we_are_back", "language": "en_US"}))
    yield "template with values", sent(await say.send_template(**both, template=order_update("Ada", "4711")))
    named = [{"type": "text", "parameterName": "first_name", "text": "Ada"}, {"type": "text", "parameterName": "day", "text": "Friday"}]
    appointment = {"name": "appointment", "language": {"code": "en_US"}, "components": [{"type": "body", "parameters": named}]}
    yield "template with names", sent(await say.send_template(**both, template=appointment))


def order_update(*values):
    body = {"type": "body", "parameters": [{"type": "text", "text": value} for value in values]}
    return {"name": "order_update", "language": "en_US", "components": [body]}


def eleven_rows():
    return [{"title": "All", "rows": [{"id": f"r{n}", "title": f"Row {n}"} for n in range(11)]}]


async def interactive(wa, stage):
    say, both = wa.messages, {"phone_number_id": stage.phone_number_id, "to": stage.to}
    buttons = [{"id": "yes", "title": "Yes"}, {"id": "no", "title": "No"}]
    asked = {"body_text": "Sure?", "buttons": buttons, "header_text": "Order", "footer_text": "Acme"}
    yield "buttons", sent(await say.send_interactive_buttons(**both, **asked))
    sections = [{"title": "All", "rows": [{"id": "one", "title": "One", "description": "the first"}]}]
    listed = say.send_interactive_list(**both, body_text="Which?", button_text="Open", sections=sections)
    yield "list", sent(await listed)
    link = {"display_text": "Open", "url": ADDRESS}
    yield "link button", sent(await say.send_interactive_cta_url(**both, body_text="Look", parameters=link))
    flow = {"flowId": "1", "flowCta": "Sign up", "flowToken": "t", "flowAction": "navigate", "flowActionPayload": {"screen": "START"}}
    yield "flow", sent(await say.send_interactive_flow(**both, body_text="Sign up", parameters=flow))
    yield "location request", sent(await say.send_interactive_location_request(**both, body_text="Where?"))
    yield "product", sent(await say.send_interactive_product(**both, catalog_id="600", product_retailer_id="MUG"))
    mugs = [{"title": "Mugs", "product_items": [{"product_retailer_id": "MUG"}]}]
    products = {"catalog_id": "600", "sections": mugs, "header_text": "Kitchen", "body_text": "For you"}
    yield "products", sent(await say.send_interactive_product_list(**both, **products))
    yield "catalog", sent(await say.send_interactive_catalog(**both, body_text="Our catalog"))


async def others(wa, stage):
    number = {"phone_number_id": stage.phone_number_id}
    assert (await wa.messages.mark_read(**number, message_id=stage.wamid))["success"]
    yield "read", "read"
    assert (await wa.phone_numbers.register(**number, pin="123456"))["success"]
    yield "register", stage.phone_number_id
    yield "templates", (await wa.templates.list(business_account_id=stage.waba_id, name="order_update"))["data"][0]["id"]


def refusals(wa, stranger, stage):
    say, number, waba = wa.messages, {"phone_number_id": stage.phone_number_id}, {"business_account_id": stage.waba_id}
    both = number | {"to": stage.to}
    image = lambda image: lambda: say.send_image(**both, image=image)
    template = lambda template: lambda: say.send_template(**both, template=template)
    yield "wrong token", lambda: stranger.messages.send_text(**both, body="Hello")
    yield "wrong number id", lambda: say.send_text(phone_number_id="1", to=stage.to, body="Hello")
    yield "to itself", lambda: say.send_text(**number, to=stage.own, body="Hello")
    yield "no number", lambda: say.send_text(**number, to="+12", body="Hello")
    listed = {"body_text": "?", "button_text": "Open", "sections": eleven_rows()}
    yield "rows too many", lambda: say.send_interactive_list(**both, **listed)
    yield "no address", image({"link": "ftp://example.com/a.png"})
    yield "unknown file", image({"id": "1"})
    yield "no upload", lambda: wa.media.upload(**number, file=PICTURE, type="image/bmp")
    yield "file gone", lambda: wa.media.get(media_id="1")
    yield "unknown template", template({"name": "nobody_knows", "language": "en_US"})
    yield "pending template", template({"name": "spring_sale", "language": "en_US"})
    yield "missing value", template(order_update("Ada"))
    # The client sends `true`, where Meta wants an object.
    yield "typing", lambda: say.mark_read(**number, message_id=stage.wamid, typing_indicator=True)
    yield "wrong pin", lambda: wa.phone_numbers.register(**number, pin="12")
    yield "profile", lambda: wa.phone_numbers.get_business_profile(**number)
    yield "new template", lambda: wa.templates.create(**waba, name="a", language="en_US", category="UTILITY", components=[])
    yield "flows", lambda: wa.flows.list(waba_id=stage.waba_id)
    for to, expected in stage.faults.items():
        yield f"fault {expected}", lambda to=to: say.send_text(**number, to=to, body="Hello")
