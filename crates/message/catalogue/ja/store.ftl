# Text of matdock-store.
store-unfinished = 未実装です。
