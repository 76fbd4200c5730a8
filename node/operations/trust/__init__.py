"""Trust: whom one blocks and bans."""
