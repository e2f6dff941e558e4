import LatentFiles

/// Where a folder has its IDX files: by MNIST's names, and by what browsers, programs and archives make of these.
///
/// The number of dimensions and the element type stand in a name, as in `train-labels-idx2-int`.
/// `train-images-idx3-ubyte` may also have a dot (`train-images.idx3-ubyte`), an ending `.gz`, capital letters, a data set's
/// name before it (`emnist-letters-train-images-idx3-ubyte`, where the test part is `test`), or lie in a folder of its own
/// name, as Kaggle's archive has it.
struct IDXFolder {
  let path: String
  /// All files that may be IDX files, with folders of such a name before them, in order.
  private let files: [File]

  fileprivate struct File {
    /// Inside the folder.
    let path: String
    let part: DatasetPart
    let content: KnownFile.Content
    /// The data set's name before it; empty for none.
    let set: String
    let rank: Int
  }

  /// One file, and the others that might have been taken for it.
  struct Found {
    let name: String
    let others: [String]
    fileprivate let set: String
  }

  init(_ path: String) {
    self.path = path
    var files: [File] = []
    for name in (AtomicFile.names(in: path) ?? []).sorted() {
      guard let file = File(name, in: path) else { continue }
      guard FileKind(path: AtomicFile.path(name, in: path)) == .folder else {
        files.append(file)
        continue
      }
      let inner = (AtomicFile.names(in: AtomicFile.path(name, in: path)) ?? []).sorted()
        .compactMap { File($0, in: path, folder: name) }
      // A folder in a file's place, with nothing in it, is an error of that file.
      files += inner.isEmpty ? [file] : inner
    }
    self.files = files.sorted { ($0.rank, $0.path) < ($1.rank, $1.path) }
  }

  /// Whether there is a file.
  func has(_ part: DatasetPart, _ content: KnownFile.Content) -> Bool {
    files.contains { $0.part == part && $0.content == content }
  }

  /// The file of this part: the plain name before all others.
  ///
  /// - Throws: ``LatentFiles/DataError`` where there are files of several data sets
  func images(_ part: DatasetPart) throws(DataError) -> Found? {
    let candidates = files.filter { $0.part == part && $0.content == .images }
    guard let first = candidates.first else { return nil }
    if Set(candidates.map(\.set)).count > 1 && first.set != "" {
      throw .severalSets(folder: path, names: candidates.map(\.path))
    }
    return found(candidates.filter { $0.set == first.set })
  }

  /// The labels of these images.
  func labels(_ part: DatasetPart, of images: Found) -> Found? {
    found(files.filter { $0.part == part && $0.content == .labels && $0.set == images.set })
  }

  /// The images in the file of this name; nil where the name says something else.
  func images(named name: String) -> (part: DatasetPart, found: Found)? {
    guard let file = files.first(where: { $0.path == name && $0.content == .images }) else { return nil }
    return (file.part, Found(name: name, others: [], set: file.set))
  }

  private func found(_ files: [File]) -> Found? {
    files.first.map { Found(name: $0.path, others: files.dropFirst().map(\.path), set: $0.set) }
  }

  /// The nearest folder below that has images, at most two down.
  static func below(_ path: String) -> String? {
    var folders = [path]
    for _ in 0..<2 {
      folders = folders.flatMap { folder in
        (AtomicFile.names(in: folder) ?? []).sorted().prefix(200).map { AtomicFile.path($0, in: folder) }
          .filter { FileKind(path: $0) == .folder }
      }
      if let found = folders.first(where: { folder in
        let inside = IDXFolder(folder)
        return DatasetPart.allCases.contains { inside.has($0, .images) }
      }) {
        return found
      }
    }
    return nil
  }
}

extension IDXFolder.File {
  /// Nil for a name of another kind.
  fileprivate init?(_ name: String, in folder: String, folder inner: String? = nil) {
    var stem = name.lowercased()
    if stem.hasSuffix(".gz") { stem.removeLast(3) }
    stem = stem.replacing(".", with: "-")
    // What a name ends with, behind the part and what is in it.
    let types = ["ubyte", "byte", "short", "int", "float", "double"]
    let ends = (1...4).flatMap { dimensions in types.map { "s-idx\(dimensions)-\($0)" } }
    guard let end = ends.first(where: stem.hasSuffix) else { return nil }
    let front = stem.dropLast(end.count)
    let kinds = DatasetPart.allCases.flatMap { part in
      [(KnownFile.Content.images, "image"), (.labels, "label")].flatMap { content, word in
        ([part.stem] + (part == .test ? ["test"] : [])).map { (part, content, "\($0)-\(word)") }
      }
    }
    guard let (part, content, kind) = kinds.first(where: { front == $0.2 || front.hasSuffix("-" + $0.2) }) else {
      return nil
    }
    let standard = kind + end
    (self.part, self.content) = (part, content)
    set = String(stem.dropLast(standard.count))
    path = inner.map { $0 + "/" + name } ?? name
    rank = inner != nil ? 3 : name == standard ? 0 : name == standard + ".gz" ? 1 : 2
  }
}
