extension Dataset {
  /// Where Debian's package dataset-fashion-mnist puts its files.
  static let fashionMNISTFolder = "/usr/share/datasets/fashion-mnist"

  /// Fashion-MNIST (Xiao, Rasul, Vollgraf: arXiv 1708.07747) as Debian's package dataset-fashion-mnist installs it:
  /// 60,000 images for training, 10,000 for testing, 28x28, ten classes.
  ///
  /// - Throws: ``DataError/fashionMNISTNotInstalled(folder:)`` if there are no such files; else as
  ///   ``idx(folder:part:)``.
  public static func fashionMNIST(_ part: Part = .training) throws(DataError) -> Dataset {
    try fashionMNIST(part, folder: fashionMNISTFolder)
  }

  static func fashionMNIST(_ part: Part, folder: String) throws(DataError) -> Dataset {
    guard hasImages(folder: folder) else { throw .fashionMNISTNotInstalled(folder: folder) }
    return try idx(folder: folder, part: part)
  }

  /// The images in a folder with MNIST's file names: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
  /// `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`, each plain or with `.gz`.
  ///
  /// Where the training images are missing, the `t10k` files take their place and the provenance says so. Labels may
  /// be missing. Images may be of any size. Known data sets are recognised by their content and named.
  ///
  /// - Throws: ``DataError`` if the folder or a file is missing, unreadable or not exactly what its header declares.
  public static func idx(folder: String, part: Part = .training) throws(DataError) -> Dataset {
    try idx(folder: folder, part: part, knownFiles: KnownFile.all)
  }

  static func idx(
    folder: String, part: Part, knownFiles: [String: KnownFile]
  ) throws(DataError) -> Dataset {
    switch FileKind(path: folder) {
    case .nothing: throw .folderNotFound(folder: folder)
    case .file: throw .notAFolder(folder: folder)
    case .folder: break
    }
    let candidates: [Part] = part == .training ? [.training, .test] : [.test]
    for candidate in candidates {
      guard let images = existing(candidate.imagesName, in: folder) else { continue }
      return try load(
        images: images, part: candidate, folder: folder, isSubstitute: candidate != part, knownFiles: knownFiles)
    }
    throw .imagesNotFound(folder: folder, names: candidates.map(\.imagesName))
  }

  /// Whether the folder has images of either part.
  static func hasImages(folder: String) -> Bool {
    Part.allCases.contains { existing($0.imagesName, in: folder) != nil }
  }

  private static func load(
    images: String, part: Part, folder: String, isSubstitute: Bool, knownFiles: [String: KnownFile]
  ) throws(DataError) -> Dataset {
    let pixels = try IDXFile(path: AtomicFile.path(images, in: folder), kind: .images)
    let known = knownFiles[pixels.sha256]
    let labelsName = existing(part.labelsName, in: folder)
    var labels: [UInt8]?
    if let labelsName {
      let file = try IDXFile(
        path: AtomicFile.path(labelsName, in: folder), kind: .labels, expectedCount: pixels.sizes[0])
      if let known, let labelled = knownFiles[file.sha256], (known.set, known.part) != (labelled.set, labelled.part) {
        throw .labelsOfAnotherSet(file: file.path, labels: labelled.description, images: known.description)
      }
      labels = Array(file.elements.bytes)
    }
    let (count, height, width) = (pixels.sizes[0], pixels.sizes[1], pixels.sizes[2])
    var provenance = "read from \(quoted(folder)): \(images)"
    if let known { provenance += " (the \(known.description))" }
    provenance += labelsName.map { " and \($0), " } ?? " without labels, "
    provenance += summary(count: count, height: height, width: width, sha256: pixels.sha256)
    if isSubstitute { provenance += "; the t10k files are used because \(Part.training.imagesName) is missing" }
    return Dataset(
      name: known?.set ?? lastName(of: folder), provenance: provenance, height: height, width: width,
      storage: pixels.elements, labels: labels, sha256: pixels.sha256)
  }

  /// The file's name, plain or else compressed, if it is there.
  private static func existing(_ name: String, in folder: String) -> String? {
    [name, name + ".gz"].first { FileKind(path: AtomicFile.path($0, in: folder)) != .nothing }
  }

}

extension Dataset.Part {
  private var stem: String { self == .training ? "train" : "t10k" }
  var imagesName: String { stem + "-images-idx3-ubyte" }
  var labelsName: String { stem + "-labels-idx1-ubyte" }
}
