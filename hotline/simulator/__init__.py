"""A carrier on this machine: Twilio's REST API and webhooks over HTTP, and phones that can be held by a program.

It imports nothing of the hotline and knows it only as a web address. The rooms, outside in:

    server      create_app, Simulator, serve
    rest        Twilio's REST API for messages      rest_numbers   and for phone numbers
    api         our JSON API (README.md): text as any phone, read any phone, set fates, move time
    inbound     phone → opt-out words → signed webhook → TwiML → replies
    delivery    line → queue, one segment a second → phone, and status callbacks
    twiml       strict reading of TwiML             fetch          signed HTTP out
    switchboard the parts joined                    carrier        memory, and the cursor of changes
    timetable   what happens later                  lanes          what happens now, in order per phone
    clock       the line's time                     records, optout, gsm, errors, settings: values

Calls will be a second pair of `inbound` and `delivery` over the same memory; the browser's page and its server-sent
events a third blueprint reading the same cursor.
"""

from .server import Simulator, create_app, serve
from .settings import Settings

__all__ = ["Settings", "Simulator", "create_app", "serve"]
