"""How does an announcement travel and get in?"""
