"""Tables: people who are dealt the same hand."""
