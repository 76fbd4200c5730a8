"""The site: static files in which a browser deals, from what a node holds.

`vocabulary` is its language, `edition` turns what is published into files, `folder` keeps them on a
disk, `guests` serves the same bytes from memory. `app/` runs in the browser.
"""
