"""What the pages of one site share: the selection in their URL, their head, their forms."""
