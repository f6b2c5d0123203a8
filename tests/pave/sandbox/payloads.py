"""Payloads for an update: the samples of PAVE's manual (PUT Update Session), and a small change."""

SESSION = {
    "theme": "LITE",
    "redirect_url": "https://www.example.com/thanks",
    "language": "EN",
    "client_id": "SOUTH234889",
}
VEHICLE = {
    "vin": "4T1BK1EB5EU096061",
    "year": "2014",
    "make": "Toyota",
    "model": "Avalon",
    "body_type": "Sedan",
    "trim": "Limited",
    "transmission": "Automatic",
    "ext_col": "Black",
    "int_col": "Black",
    "odom_reading": 100945,
    "odom_unit": "KILOMETRES",
}
# The manual masks some digits of these numbers; they are filled in here.
SMS = {
    "to": "647-455-0142",
    "to_name": "John Smith",
    "from": "647-455-0199",
    "by": "Discovery Motors",
}
BODY = {"session": {"theme": "LITE"}, "vehicle": {"trim": "Black Edition"}}
