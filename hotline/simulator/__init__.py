"""A carrier on this machine: Twilio's REST API and webhooks over HTTP, and phones that can be held by a program.

It imports nothing of the hotline and knows it only as a web address. The rooms, outside in:

    server      create_app, Simulator, serve
    rest        Twilio's REST API for messages      rest_numbers   and for phone numbers
    rest_calls  and for calls                       rest_recordings  and for what calls leave behind or wait in
    api         our JSON API (README.md): text as any phone, read any phone, set fates, move time
    api_calls   and call, answer, press, speak
    inbound     phone → opt-out words → signed webhook → TwiML → replies
    delivery    line → queue, one segment a second → phone, and status callbacks
    calls       phone → call → signed webhook → TwiML; line → call → ring; keys, words, hang-ups
    legs        how a leg rings, is answered, connected, ended      call_webhooks  what the line is asked and told of it
    performing  a call acts on a document           activity       what a call is doing, one thing in front of another
    asking, dialing, queueing, conferring           the verbs that take their time
    twiml       strict reading of TwiML             twiml_voice, voice_schema, voice_values  and of that for calls
    fetch       signed HTTP out
    switchboard the parts joined                    carrier        memory, and the cursor of changes
    timetable   what happens later                  lanes          what happens now, in order per phone and per call
    clock       the line's time                     records, call_records, optout, gsm, errors, settings: values

The browser's page and its server-sent events read the same cursor (pages, events, plays).
"""

from .server import Simulator, create_app, serve
from .settings import Settings

__all__ = ["Settings", "Simulator", "create_app", "serve"]
