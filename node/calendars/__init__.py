"""Calendars of other programs: in as drafts of announcements, out as iCalendar and schema.org.

addresses.py  which text is an address, and what of it may be shown
fetch.py      the bytes of a plain file, or behind an address, and no private ones
read.py       the bytes of a calendar to drafts, one for each event and date, by one of formats/
decode.py     bytes to text, whatever the charset
component.py  a text to properties, each readable on its own
zones.py      which time zone is meant; times.py when, by it
recurrence.py the dates of a recurrence rule; series.py those of a repeated event
occurrences.py  the drafts of its dates, and of those that were changed
expand.py     what shares a UID; sequence.py which version of it counts
feed.py       what a calendar says of all its events; plain_text.py strangers' texts, made to fit
properties.py one event to the parts of an announcement; locations.py where it is
draft.py      what becomes of an event: a draft, or a reason for none
event_identity.py  which event is which; feed_diff.py what a new reading changes
write.py      announcements to iCalendar and schema.org
sample.py     the calendar of an invented town, for the demonstration
"""
