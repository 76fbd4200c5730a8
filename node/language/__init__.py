"""How is a message said in German?"""
