"""GossipSub's routing, guarded."""

from collections import defaultdict

from libp2p.peer.id import ID
from libp2p.pubsub.gossipsub import GossipSub
from libp2p.pubsub.pb import rpc_pb2

LAZY_DEGREE = 6
"""Peers outside of the mesh that are told what is new, at least; else a quarter of them (GossipSub
v1.1, gossip_factor)."""


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

    def gossip_heartbeat(self) -> defaultdict[ID, dict[str, list[bytes]]]:
        """Whom to tell which ids: enough peers outside of each mesh.

        libp2p leaves out those that may not be grafted for a minute after a PRUNE, of which a busy
        mesh is surrounded: a twelfth of the IHAVEs were sent, and 1 % of deliveries never arrived.
        """
        ihaves: defaultdict[ID, dict[str, list[bytes]]] = defaultdict(dict)
        subscribed = self.pubsub.peer_topics if self.pubsub is not None else {}
        for topic, mesh in {**self.fanout, **self.mesh}.items():
            ids = list(self.mcache.window(topic))
            if ids and topic in subscribed:
                enough = max(LAZY_DEGREE, len(subscribed[topic] - mesh) // 4)
                for peer in self._get_in_topic_gossipsub_peers_from_minus(topic, enough, mesh):
                    ihaves[peer][topic] = ids
        return ihaves

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
