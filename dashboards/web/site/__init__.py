"""What the pages of one site share: the selection in their address, their head, their forms."""
