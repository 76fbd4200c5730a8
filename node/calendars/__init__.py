"""Calendars of other programs: in as drafts of announcements, out as iCalendar and schema.org.

reading.py   the bytes of a calendar to drafts, one for each event and occurrence
events.py    one VEVENT to the parts of an announcement
words.py     the texts of strangers to texts that an announcement may hold
fetching.py  the bytes behind an address, and no private ones
writing.py   announcements to iCalendar and schema.org
sample.py    the calendar of an invented town, for the demonstration
"""
