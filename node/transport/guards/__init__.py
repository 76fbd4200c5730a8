"""Guards for what can kill or silence py-libp2p 0.8.1: one per defect, each with a test.

A peer can cost us its own connection, never the process. Which defect a guard is for stands where
it stands; the tests in `tests/node/transport/guards/` fail without any one of them. `report` is how
a guard says that a peer broke the rules: transport counts it and disconnects.
"""
