"""GossipSub's routing, guarded."""

from __future__ import annotations

from libp2p.peer.id import ID
from libp2p.pubsub.gossipsub import GossipSub
from libp2p.pubsub.pb import rpc_pb2


class GuardedGossipSub(GossipSub):
    """GossipSub without what grows without bound or punishes honest peers."""

    def _check_equivocation(self, msg: rpc_pb2.Message) -> bool:
        """Always: ids are random and checked as seen, and libp2p's check keeps whole messages."""
        return True

    async def publish(self, msg_forwarder: ID, pubsub_msg: rpc_pb2.Message) -> None:
        """Forward; then drop what libp2p keeps for ever, or for peers of other networks."""
        await super().publish(msg_forwarder, pubsub_msg)
        self.recent_message_deliveries.clear()
        self._pending_messages.clear()

    async def _emit_control_msgs(
        self,
        peers_to_graft: dict[ID, list[str]],
        peers_to_prune: dict[ID, list[str]],
        peers_to_gossip: dict[ID, dict[str, list[bytes]]],
    ) -> None:
        """Send each peer its own GRAFTs, PRUNEs and IHAVEs (libp2p adds up those of all peers,
        which looks like a flood to them)."""
        for peer in {*peers_to_graft, *peers_to_prune, *peers_to_gossip}:
            control = self.pack_control_msgs(
                [
                    rpc_pb2.ControlIHave(topicID=topic, messageIDs=ids)
                    for topic, ids in peers_to_gossip.get(peer, {}).items()
                ],
                [rpc_pb2.ControlGraft(topicID=topic) for topic in peers_to_graft.get(peer, [])],
                [
                    rpc_pb2.ControlPrune(topicID=topic, backoff=self.prune_back_off)
                    for topic in peers_to_prune.get(peer, [])
                ],
            )
            await self.emit_control_message(control, peer)
