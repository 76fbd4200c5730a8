"""What can a person do? The control socket, the page, the API and the command line all call this.

Each operation takes a `Service` first, then plain values or a form (see forms.py), is async
(trio), and returns what JSON can say. Errors are LocalError and its kinds.
"""
