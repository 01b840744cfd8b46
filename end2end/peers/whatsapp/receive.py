"""Webhooks as pywa and kapso read them."""

import json
import sys

from kapso_whatsapp.webhooks import normalize_webhook, verify_signature
from pywa import WhatsApp, handlers
from stage import tell


def run(app_secret):
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
