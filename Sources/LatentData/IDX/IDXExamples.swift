import LatentFiles

/// How IDX files become examples: unsigned bytes [N, H, W] and [N, H, W, C] are images, and whatever else there is becomes
/// what ``ArrayExamples`` makes of it.
struct IDXExamples {
  /// How many are kept, and the rows of windows.
  let reading: Reading
  /// Whether examples are in memory or stay in their file; labels are always in memory.
  let place: PixelPlace
  /// Published files, by their checksums.
  let knownFiles: [String: KnownFile]

  init(_ reading: Reading, place: PixelPlace, knownFiles: [String: KnownFile] = KnownFile.all) {
    (self.reading, self.place, self.knownFiles) = (reading, place, knownFiles)
  }

  /// The examples of a folder with MNIST's file names; see ``ImageDataset/idx(folder:part:place:)``.
  func load(folder: String, _ part: DatasetPart) throws(DataError) -> any Dataset {
    // Of texts and IDX files there is nothing to say that the other errors do not.
    let foreign = ForeignFile(folder).flatMap { [.text, .idx].contains($0.kind) ? nil : $0 }
    guard FileKind(path: folder) == .folder else { throw .folderNotFound(folder: folder) }
    let candidates: [DatasetPart] = part == .training ? [.training, .test] : [.test]
    let files = IDXFolder(folder)
    for candidate in candidates {
      guard let images = try files.images(candidate) else { continue }
      let labels = files.labels(candidate, of: images)
      let isSubstitute = candidate != part
      return try examples(
        Found(
          path: folder, images: AtomicFile.path(images.name, in: folder), imagesName: images.name,
          labels: labels.map { AtomicFile.path($0.name, in: folder) }, labelsName: labels?.name,
          notes: (isSubstitute
            ? ["the t10k files are used because \(DatasetPart.training.imagesName) is missing"] : [])
            + [images.note, labels?.note].compactMap(\.self), kind: .images))
    }
    if let found = IDXFolder.below(folder) { throw .imagesBelow(folder: folder, found: found) }
    if let foreign { throw .anotherFormat(path: folder, help: foreign.help(for: .data)) }
    throw .imagesNotFound(folder: folder, names: candidates.map(\.imagesName))
  }

  /// The examples of one file. Where it has one of MNIST's names, the labels that lie beside it are theirs.
  func load(file: String) throws(DataError) -> any Dataset {
    let (folder, name) = split(file)
    let files = IDXFolder(folder)
    let labels = files.images(named: name).flatMap { files.labels($0.part, of: $0.found) }
    let found = Found(
      path: file, images: file, imagesName: nil, labels: labels.map { AtomicFile.path($0.name, in: folder) },
      labelsName: labels?.name, notes: [], kind: .array)
    do throws(DataError) { return try examples(found) } catch {
      guard error == .notIDX(file: file) else { throw error }
      throw .anotherFormat(path: file, help: "is no data that are read: give \(DataError.sources)")
    }
  }

  /// What was given, and the files that it leads to.
  private struct Found {
    let path: String
    let images: String
    /// As provenance names it; nil for the path itself.
    let imagesName: String?
    let labels: String?
    let labelsName: String?
    /// What is to be said of them.
    let notes: [String]
    let kind: IDXFile.Kind
  }

  private func examples(_ found: Found) throws(DataError) -> any Dataset {
    let file = try IDXFile(path: found.images, kind: found.kind, place: place)
    let known = knownFiles[file.sha256]
    var notes = [file.note].compactMap(\.self)
    var labels: [UInt8]?
    if let path = found.labels {
      let file = try IDXFile(path: path, kind: .labels, expectedCount: file.sizes[0])
      notes += [file.note].compactMap(\.self)
      if let known, let labelled = knownFiles[file.sha256], (known.set, known.part) != (labelled.set, labelled.part) {
        throw .labelsOfAnotherSet(file: file.path, labels: labelled.description, images: known.description)
      }
      labels = try file.labels()
    }
    notes += found.notes
    var origin = "read from \(quoted(found.path))" + (found.imagesName.map { ": \(oneLine($0))" } ?? "")
    if let known { origin += " (the \(known.description))" }
    origin += found.labelsName.map { " and \(oneLine($0))" } ?? " without labels"
    let after = notes.map { "; " + $0 }.joined()
    guard file.elementType == .uint8 && file.sizes.count > 2 else {
      let arrays = ArrayExamples(
        file: found.images, reading, name: known?.set ?? lastName(of: found.path), source: origin + after)
      let integers = labels.map { $0.map { Int64($0) } }
      if let array = file.arrayInFile, let examples = try arrays.examples(inFile: array, labels: integers, from: nil) {
        return examples
      }
      return try arrays.examples(file.array, labels: integers, from: nil)
    }
    let sizes = file.sizes
    let channels = sizes.count > 3 ? sizes[3] : 1
    return ImageDataset(
      name: known?.set ?? lastName(of: found.path),
      provenance: origin + ", "
        + summary(
          of: sizes[0], .image(height: sizes[1], width: sizes[2], channels: channels), sha256: file.sha256) + after,
      height: sizes[1], width: sizes[2], channels: channels, storage: file.elements, labels: labels,
      sha256: file.sha256
    ).limited(to: reading.limit)
  }

  /// The folder of a path, and the name in it.
  private func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
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

  /// A label for each example, of whole numbers from 0 to 255. Where there are several numbers of each, as in QMNIST, the first
  /// is its class.
  fileprivate func labels() throws(DataError) -> [UInt8] {
    let columns = sizes.count > 1 ? sizes[1] : 1
    let numbers = array.integers.map { all in (0..<sizes[0]).map { all[$0 * columns] } }
    guard let numbers, numbers.allSatisfy({ (0...255).contains($0) }) else {
      throw .anotherFormat(path: path, help: "has labels that are no whole numbers from 0 to 255: give others, or none")
    }
    return numbers.map { UInt8($0) }
  }
}
