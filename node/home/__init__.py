"""What is on the disk beside the store?"""
