"""Where is that, and how far?"""
