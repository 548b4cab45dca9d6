"""The store on both engines: what it promises, under races and crashes."""
