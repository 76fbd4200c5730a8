"""How does a request get in, and from whom?"""
