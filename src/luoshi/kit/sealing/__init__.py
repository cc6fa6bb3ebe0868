"""Merkle tree hashes of RFC 6962 over SHA-256: roots, proofs and their checks. Pure; hashes are 32 raw bytes."""

from luoshi.kit.sealing.merkle import EMPTY_ROOT, Frontier, Tree, leaf_hash, node_hash, root
from luoshi.kit.sealing.proofs import consistency_proof, inclusion_proof, verify_consistency, verify_inclusion

__all__ = [
    "EMPTY_ROOT",
    "Frontier",
    "Tree",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "root",
    "verify_consistency",
    "verify_inclusion",
]
