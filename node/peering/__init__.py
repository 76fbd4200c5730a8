"""Whom do we dial, hear of, ban?"""
