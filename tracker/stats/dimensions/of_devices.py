"""What visits are made with, from where and in which language."""

from __future__ import annotations

from tracker.stats.devices.screens import screen_size
from tracker.stats.dimensions.definition import Definition
from tracker.stats.messages import message

DEVICE = Definition(
    message("Device"), ("visit:device",), panel="devices", title=message("Devices"), vocabulary="device"
)
BROWSER = Definition(message("Browser"), ("visit:browser",), panel="devices", title=message("Browsers"))
BROWSER_VERSION = Definition(message("Browser version"), ("visit:browser_version",))
OS = Definition(message("System"), ("visit:os",), panel="devices", title=message("Systems"))
OS_VERSION = Definition(message("System version"), ("visit:os_version",))
# In CSS pixels, as wide as the screen and not as the window.
SCREEN = Definition(
    message("Screen width"),
    ("visit:screen_size",),
    panel="devices",
    more=True,
    title=message("Screen widths"),
    vocabulary="screen",
    worked_out=screen_size,
)
COUNTRY = Definition(
    message("Country"), ("visit:country",), panel="places", title=message("Countries"), vocabulary="country"
)
REGION = Definition(message("Region"), ("visit:region",), panel="places", title=message("Regions"))
CITY = Definition(message("City"), ("visit:city",), panel="places", title=message("Cities"))
LANGUAGE = Definition(
    message("Language"),
    ("visit:language",),
    panel="places",
    more=True,
    title=message("Languages"),
    vocabulary="language",
)
