"""The formats that calendars come in: iCalendar, and schema.org's Event in a page."""
