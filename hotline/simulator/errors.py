"""The refusals of Twilio's API that this carrier knows, with their HTTP status.

Codes and texts follow twilio.com/docs/api/errors; texts are shortened.
"""

from __future__ import annotations

from typing import NamedTuple


class Refusal(NamedTuple):
    """How a code is answered: `status` is the HTTP status, `text` may hold blanks for `CarrierError`."""

    status: int
    text: str


REFUSALS: dict[int, Refusal] = {
    13223: Refusal(400, "Dial: Invalid phone number format: {what}"),
    13224: Refusal(400, "Dial: Twilio does not support calling this number or the number is invalid: {what}"),
    20001: Refusal(400, "Unknown or unsupported parameter: {what}"),
    20003: Refusal(401, "Authenticate"),
    20004: Refusal(405, "Method not allowed"),
    20009: Refusal(409, "Resource not in a state to be deleted or changed"),
    20404: Refusal(404, "The requested resource {what} was not found"),
    20429: Refusal(429, "Too Many Requests"),
    20500: Refusal(500, "An internal server error has occurred"),
    20503: Refusal(503, "Service unavailable. Please try again"),
    21201: Refusal(400, "No 'To' number is specified"),
    21205: Refusal(400, "Url parameter is not a valid URL: {what}"),
    21210: Refusal(400, "'From' phone number {what} is not a number of this account nor verified"),
    21211: Refusal(400, "Invalid 'To' Phone Number: {what}"),
    21212: Refusal(400, "Invalid 'From' Phone Number: {what}"),
    21213: Refusal(400, "No 'From' number is specified"),
    21214: Refusal(400, "'To' phone number cannot be reached"),
    21217: Refusal(400, "Phone number does not appear to be valid"),
    21218: Refusal(400, "Invalid ApplicationSid {what}"),
    21220: Refusal(400, "Unable to update record. Call is not in-progress. Cannot redirect. {what}"),
    21236: Refusal(400, "Resource not in-progress. Cannot perform this operation. {what}"),
    21265: Refusal(400, "'To' number cannot be a Short Code: {what}"),
    21266: Refusal(400, "'To' and 'From' number cannot be the same: {what}"),
    21406: Refusal(400, "SmsFallbackUrl cannot be set without an SmsUrl"),
    21408: Refusal(403, "Permission to send an SMS has not been enabled for the region of the 'To' number"),
    21602: Refusal(400, "Message body is required."),
    21603: Refusal(400, "A 'From' phone number is required."),
    21604: Refusal(400, "A 'To' phone number is required."),
    21606: Refusal(400, "The 'From' phone number {what} is not a valid, SMS-capable phone number of this account"),
    21608: Refusal(403, "The number is unverified. Trial accounts cannot send messages to unverified numbers"),
    21609: Refusal(400, "The StatusCallback URL {what} is not a valid URL"),
    21610: Refusal(400, "Attempt to send to unsubscribed recipient"),
    21611: Refusal(429, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: Refusal(400, "Message cannot be sent with the current combination of 'To' and 'From' parameters"),
    21614: Refusal(400, "'To' number is not a valid mobile number"),
    21617: Refusal(400, "The concatenated message body exceeds the 1600 character limit"),
    21623: Refusal(400, "Number of media files exceeds allowed limit"),
    21635: Refusal(400, "'To' number cannot be a landline"),
    21705: Refusal(400, "The Messaging Service Sid {what} is invalid"),
    90007: Refusal(400, "ValidityPeriod must be a whole number of seconds between 1 and 36000"),
}

#: What `error_message` says of a message that was accepted and did not arrive.
UNDELIVERED: dict[int, str] = {
    21610: "Attempt to send to unsubscribed recipient",
    30003: "Unreachable destination handset",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30036: "Validity Period Expired",
}

#: An HTTP status asked for as a fault is answered with the code Twilio puts in its body.
BY_STATUS = {400: 20001, 401: 20003, 404: 20404, 429: 20429, 500: 20500, 503: 20503}


class CarrierError(Exception):
    """A refusal as the REST API answers it; `what` names the offending value."""

    def __init__(self, code: int, what: str = "", status: int | None = None) -> None:
        refusal = REFUSALS.get(code, Refusal(400, "Refused"))
        self.code = code
        self.status = status or refusal.status
        self.text = refusal.text.format(what=what)
        super().__init__(f"{code}: {self.text}")

    def as_json(self) -> dict[str, object]:
        """The body Twilio answers a refusal with."""
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": self.text, "more_info": more, "status": self.status}
