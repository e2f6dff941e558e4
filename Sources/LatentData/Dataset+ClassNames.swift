extension Dataset {
  /// What the labels stand for, by their numbers, where that is known: the kinds of clothing of Fashion-MNIST, as its
  /// authors name them. Nil for all others.
  public var classNames: [String]? { Self.classNames(of: name) }

  /// The same for the data set of this name.
  package static func classNames(of name: String) -> [String]? {
    guard name == "Fashion-MNIST" else { return nil }
    return [
      "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ]
  }
}
