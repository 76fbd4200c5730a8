"""Trust: for whom one vouches, whom one blocks and bans."""
