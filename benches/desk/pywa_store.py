"""A webhook of pywa on Starlette that stores each message in SQLite, durably.

    pywa_store.py PORT FILE PATH APP_SECRET
"""

import sqlite3
import sys
import threading

import uvicorn
from pywa import WhatsApp
from starlette.applications import Starlette

port, file, path, secret = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = FULL")
database.execute("CREATE TABLE messages (id TEXT NOT NULL PRIMARY KEY, sender TEXT, body TEXT, at TEXT)")
turn = threading.Lock()

app = Starlette()
whatsapp = WhatsApp(
    token="t",
    server=app,
    webhook_endpoint=path,
    verify_token="v",
    app_secret=secret,
    filter_updates=False,
)


@whatsapp.on_message
def store(_, message):
    row = (message.id, message.from_user.wa_id, message.text, str(message.timestamp))
    with turn:
        database.execute("INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?)", row)


uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
