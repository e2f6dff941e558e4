import LatentFiles

extension ImageDataset {
  /// Where Debian's package dataset-fashion-mnist puts its files.
  static let fashionMNISTFolder = "/usr/share/datasets/fashion-mnist"

  /// Fashion-MNIST (Xiao, Rasul, Vollgraf: arXiv 1708.07747) as Debian's package dataset-fashion-mnist installs it:
  /// 60,000 images for training, 10,000 for testing, 28x28, ten classes.
  ///
  /// - Throws: ``LatentFiles/DataError/fashionMNISTNotInstalled(folder:)`` if there are no such files; else as
  ///   ``idx(folder:part:place:)``.
  public static func fashionMNIST(_ part: DatasetPart = .training) throws(DataError) -> ImageDataset {
    try fashionMNIST(part, folder: fashionMNISTFolder)
  }

  static func fashionMNIST(_ part: DatasetPart, folder: String) throws(DataError) -> ImageDataset {
    guard hasImages(folder: folder) else { throw .fashionMNISTNotInstalled(folder: folder) }
    return try idx(folder: folder, part: part)
  }

  /// The images in a folder with MNIST's file names: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
  /// `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`, each plain or with `.gz`. Names with a dot
  /// (`train-images.idx3-ubyte`), with capital letters, or with the name of a data set before them will do, and so will
  /// files in folders of such a name, which Kaggle's archive has.
  ///
  /// Where the training images are missing, the `t10k` files take their place and the provenance says so. Labels may
  /// be missing. Images may be of any size. Known data sets are recognised by their content and named.
  ///
  /// - Parameter place: whether pixels are in memory or stay in their file; labels are always in memory
  /// - Throws: ``LatentFiles/DataError`` if the folder or a file is missing, unreadable or not exactly what its header declares.
  public static func idx(
    folder: String, part: DatasetPart = .training, place: PixelPlace = .bySize
  ) throws(DataError) -> ImageDataset {
    try idx(folder: folder, part: part, place: place, knownFiles: KnownFile.all)
  }

  static func idx(
    folder: String, part: DatasetPart, place: PixelPlace = .bySize, knownFiles: [String: KnownFile]
  ) throws(DataError) -> ImageDataset {
    // Of texts and IDX files there is nothing to say that the other errors do not.
    let foreign = ForeignFile(folder).flatMap { [.text, .idx].contains($0.kind) ? nil : $0 }
    switch FileKind(path: folder) {
    case .nothing: throw .folderNotFound(folder: folder)
    case .file:
      if let foreign { throw .anotherFormat(path: folder, help: foreign.help(for: .data)) }
      throw .notAFolder(folder: folder)
    case .folder: break
    }
    let candidates: [DatasetPart] = part == .training ? [.training, .test] : [.test]
    let files = IDXFolder(folder)
    for candidate in candidates {
      guard let images = try files.images(candidate) else { continue }
      return try load(
        images, labels: files.labels(candidate, of: images), part: candidate, folder: folder,
        place: place, isSubstitute: candidate != part, knownFiles: knownFiles)
    }
    if let found = IDXFolder.below(folder) { throw .imagesBelow(folder: folder, found: found) }
    if let foreign { throw .anotherFormat(path: folder, help: foreign.help(for: .data)) }
    throw .imagesNotFound(folder: folder, names: candidates.map(\.imagesName))
  }

  /// Whether the folder has images of either part.
  static func hasImages(folder: String) -> Bool {
    let files = IDXFolder(folder)
    return DatasetPart.allCases.contains { files.has($0, .images) }
  }

  private static func load(
    _ images: IDXFolder.Found, labels labelsFound: IDXFolder.Found?, part: DatasetPart, folder: String,
    place: PixelPlace, isSubstitute: Bool, knownFiles: [String: KnownFile]
  ) throws(DataError) -> ImageDataset {
    let pixels = try IDXFile(path: AtomicFile.path(images.name, in: folder), kind: .images, place: place)
    let known = knownFiles[pixels.sha256]
    var labels: [UInt8]?
    var notes = [pixels.note, images.note].compactMap(\.self)
    if let labelsFound {
      let file = try IDXFile(
        path: AtomicFile.path(labelsFound.name, in: folder), kind: .labels, expectedCount: pixels.sizes[0])
      notes += [file.note, labelsFound.note].compactMap(\.self)
      if let known, let labelled = knownFiles[file.sha256], (known.set, known.part) != (labelled.set, labelled.part) {
        throw .labelsOfAnotherSet(file: file.path, labels: labelled.description, images: known.description)
      }
      labels = file.elements.withBytes(of: 0..<file.sizes[0], size: 1) { Array($0) }
    }
    let (count, height, width) = (pixels.sizes[0], pixels.sizes[1], pixels.sizes[2])
    var provenance = "read from \(quoted(folder)): \(oneLine(images.name))"
    if let known { provenance += " (the \(known.description))" }
    provenance += labelsFound.map { " and \(oneLine($0.name)), " } ?? " without labels, "
    provenance += summary(of: count, .image(height: height, width: width), sha256: pixels.sha256)
    if isSubstitute { provenance += "; the t10k files are used because \(DatasetPart.training.imagesName) is missing" }
    provenance += notes.map { "; " + $0 }.joined()
    return ImageDataset(
      name: known?.set ?? lastName(of: folder), provenance: provenance, height: height, width: width,
      storage: pixels.elements, labels: labels, sha256: pixels.sha256)
  }

}

extension IDXFolder.Found {
  /// What else might have been meant.
  fileprivate var note: String? {
    others.isEmpty ? nil : "\(oneLine(name)) is taken, and not \(others.map { oneLine($0) }.joined(separator: " or "))"
  }
}

extension IDXFile {
  /// What was left out of it.
  fileprivate var note: String? {
    hasTrailingBytes ? "other bytes after the gzip data of \(quoted(lastName(of: path))) are ignored" : nil
  }
}

extension DatasetPart {
  var stem: String { self == .training ? "train" : "t10k" }
  var imagesName: String { IDXFile.imagesName(stem) }
  var labelsName: String { IDXFile.labelsName(stem) }
}
