"""pywa, from PyPI: a full client of the Graph API."""

from pywa import WhatsApp, errors, types
from pywa.types.templates import BodyText, QuickReplyButton, TemplateLanguage
from stage import PICTURE, accepted, refused

ADDRESS = "https://example.com"
ENGLISH = TemplateLanguage.ENGLISH_US


def connect(stage, **others):
    wa = WhatsApp(**{"phone_id": stage.phone_number_id, "token": stage.token, "waba_id": stage.waba_id} | others)
    wa.api._session.base_url = f"{stage.base}/v26.0"
    return wa


def run(stage):
    wa = connect(stage)
    accepted("pywa", messages(wa, stage))
    accepted("pywa", interactive(wa, stage))
    accepted("pywa", others(wa, stage))
    for call, make in refusals(wa, stage):
        refused("pywa", call, code(make))


def code(make):
    try:
        make()
    except errors.WhatsAppError as error:
        return error.code
    return None


def messages(wa, stage):
    to = stage.to
    text = wa.send_message(to, "Hello", preview_url=True, tracker='{"row":1}')
    yield "text", text.id
    yield "text to a user id", wa.send_message(stage.user_id, "Hello").id
    yield "quote", wa.send_message(to, "Hello", reply_to_message_id=text.id).id
    yield "image by address", wa.send_image(to, f"{ADDRESS}/a.png", caption="A picture").id
    media = wa.upload_media(PICTURE, mime_type="image/png", filename="a.png")
    yield "upload", media.id
    yield "image by id", wa.send_image(to, media.id, mime_type="image/png").id
    yield "document", wa.send_document(to, f"{ADDRESS}/a.pdf", filename="a.pdf", caption="Read").id
    url = wa.get_media_url(media.id)
    assert wa.get_media_bytes(url.url) == PICTURE, "the file that was uploaded"
    yield "download", url.id
    yield "audio", wa.send_audio(to, f"{ADDRESS}/a.mp3").id
    yield "voice", wa.send_voice(to, f"{ADDRESS}/a.ogg").id
    yield "video", wa.send_video(to, f"{ADDRESS}/a.mp4").id
    yield "sticker", wa.send_sticker(to, f"{ADDRESS}/a.webp").id
    yield "location", wa.send_location(to, 52.1, 13.2, "Office", "Street 1").id
    name = types.Contact.Name(formatted_name="Ada Example", first_name="Ada")
    yield "contact", wa.send_contact(to, types.Contact(name=name, phones=[types.Contact.Phone(phone="+1")])).id
    yield "reaction", wa.send_reaction(to, "👍", text.id).id
    yield "no reaction", wa.remove_reaction(to, text.id).id
    assert wa.delete_media(media.id).success
    yield "delete", media.id
    replies = [QuickReplyButton.params(callback_data="on", index=0)]
    yield "template", wa.send_template(to, "we_are_back", ENGLISH, replies).id
    yield "template with values", wa.send_template(to, "order_update", ENGLISH, [BodyText.params("Ada", "4711")]).id
    named = [BodyText.params(first_name="Ada", day="Friday")]
    yield "template with names", wa.send_template(to, "appointment", ENGLISH, named).id


def interactive(wa, stage):
    to = stage.to
    buttons = [types.Button("Yes", "yes"), types.Button("No", "no")]
    yield "buttons", wa.send_message(to, "Sure?", header="Order", footer="Acme", buttons=buttons).id
    yield "buttons below a picture", wa.send_image(to, f"{ADDRESS}/a.png", caption="This one?", buttons=buttons).id
    rows = [types.SectionRow("One", "one", "the first"), types.SectionRow("Two", "two")]
    yield "list", wa.send_message(to, "Which?", buttons=types.SectionList("Open", [types.Section("All", rows)])).id
    link = types.URLButton("Open", ADDRESS)
    yield "link button", wa.send_message(to, "Look", buttons=link).id
    yield "location request", wa.request_location(to, "Where are you?").id
    yield "contact request", wa.request_contact_info(to, "What is your number?").id
    yield "call permission", wa.send_message(to, "May we call?", buttons=types.CallPermissionRequestButton()).id
    yield "call button", wa.send_message(to, "Call us", buttons=types.VoiceCallButton("Call")).id
    flow = types.FlowButton("Sign up", flow_id="1", flow_token="t", flow_action_screen="START")
    yield "flow", wa.send_message(to, "Sign up", buttons=flow).id
    yield "catalog", wa.send_catalog(to, "Our catalog", "Acme", thumbnail_product_sku="MUG").id
    yield "product", wa.send_product(to, "600", "MUG", "A mug").id
    sections = [types.ProductsSection("Mugs", ["MUG", "CUP"])]
    yield "products", wa.send_products(to, "600", sections, "Kitchen", "For you").id
    cards = [types.ImageCarouselCard(image=f"{ADDRESS}/{n}.png", body=f"Card {n}", buttons=link) for n in range(2)]
    yield "carousel", wa.send_carousel(to, body="Choose", cards=cards).id


def others(wa, stage):
    assert wa.mark_message_as_read(stage.wamid).success
    yield "read", "read"
    assert wa.indicate_typing(stage.wamid).success
    yield "typing", "typing"
    assert wa.get_business_phone_number().display_phone_number
    yield "number", wa.phone_id
    assert wa.register_phone_number("123456").success
    yield "register", wa.phone_id
    yield "templates", next(iter(wa.get_templates(name="order_update"))).id
    # By number and by user id; the answer names them in the same way.
    blocked = wa.block_users([stage.nuisance, stage.user_id])
    assert [(user.input, user.bsuid) for user in blocked.added_users] == [
        (stage.nuisance, None),
        (stage.user_id, stage.user_id),
    ]
    yield "block", "blocked"
    assert len(wa.api.get_blocked_users(wa.phone_id)["data"]) == 2
    yield "blocked", "blocked"
    yield "unblock", wa.unblock_users([stage.nuisance, stage.user_id]).removed_users[1].bsuid


def refusals(wa, stage):
    to = stage.to
    say = lambda wa, to=to, words="Hello": lambda: wa.send_message(to, words)
    yield "wrong token", say(connect(stage, token="wrong"))
    yield "wrong number id", say(connect(stage, phone_id="1"))
    yield "too long", say(wa, words="x" * 4097)
    yield "to itself", say(wa, to=stage.own)
    yield "no number", say(wa, to="+12")
    yield "buttons too many", lambda: wa.send_message(to, "?", buttons=[types.Button(f"B{n}", f"b{n}") for n in range(4)])
    rows = [types.SectionRow(f"Row {n}", f"r{n}") for n in range(11)]
    yield "rows too many", lambda: wa.send_message(to, "?", buttons=types.SectionList("Open", [types.Section("All", rows)]))
    yield "unknown file", lambda: wa.send_image(to, "1", mime_type="image/png")
    yield "no upload", lambda: wa.upload_media(PICTURE, mime_type="image/bmp", filename="a.bmp")
    yield "not on this planet", lambda: wa.send_location(to, 91.0, 13.2)
    yield "unknown template", lambda: wa.send_template(to, "nobody_knows", ENGLISH, [])
    yield "pending template", lambda: wa.send_template(to, "spring_sale", ENGLISH, [])
    yield "missing value", lambda: wa.send_template(to, "order_update", ENGLISH, [BodyText.params("Ada")])
    yield "unknown message", lambda: wa.mark_message_as_read("wamid.unknown")
    yield "wrong pin", lambda: wa.register_phone_number("12")
    yield "pin of a message", lambda: wa.pin_message(to, stage.wamid, expiration_days=1)
    yield "profile", lambda: wa.get_business_profile()
    yield "codes", lambda: wa.get_qr_codes()
    yield "groups", lambda: wa.get_groups()
    yield "call", lambda: wa.reject_call("wacid.1")
    for number, expected in stage.faults.items():
        yield f"fault {expected}", say(wa, to=number)
