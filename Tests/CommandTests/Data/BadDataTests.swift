import Testing

/// Data that cannot be used: exit code 1, one line that names the file, and no folder is left behind.
@Suite struct BadDataTests {
  private func expectFailure(
    _ folder: Folder, data: String = "data", naming name: String, _ words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = folder.contents
    let result = try Program.run(["--data", data, "--epochs", "1", "--hidden-size", "8"], in: folder)
    #expect(result.status == 1, sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    #expect(result.errorLines.count == 1, sourceLocation: sourceLocation)
    #expect(result.errors.hasPrefix("Error: "), sourceLocation: sourceLocation)
    #expect(result.errors.contains("'\(name)'"), "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.errors.contains(words), "\(result.errors)", sourceLocation: sourceLocation)
    #expect(folder.contents == before, "nothing is left behind", sourceLocation: sourceLocation)
  }

  @Test func missingFolderAndFile() throws {
    let folder = try Folder()
    try expectFailure(folder, data: "nowhere", naming: "nowhere", "no file or folder")
    try folder.write("data/readme.txt", [65])
    try expectFailure(folder, naming: "data", "no train-images-idx3-ubyte or t10k-images-idx3-ubyte")
    try expectFailure(folder, data: "data/readme.txt", naming: "data/readme.txt", "no rows below them")
    try folder.write("data/readme.md", [65])
    try expectFailure(folder, data: "data/readme.md", naming: "data/readme.md", "is no data that are read: give a .csv")
  }

  @Test func notIDX() throws {
    let folder = try Folder()
    try folder.write(IDX.trainImages, Array("P5 28 28 255 and no IDX at all".utf8))
    try expectFailure(folder, naming: IDX.trainImages, "is not an IDX file")
    try folder.write(IDX.trainImages, IDX.labels(20))
    try expectFailure(folder, naming: IDX.trainImages, "looks like a labels file")
  }

  @Test func truncatedGzip() throws {
    let folder = try Folder()
    try folder.write(IDX.trainImages + ".gz", IDX.truncatedGzip(IDX.images(10, height: 28, width: 28)))
    try expectFailure(folder, naming: IDX.trainImages + ".gz", "ends too early")
  }

  @Test func headerAndContentDisagree() throws {
    let folder = try Folder()
    let whole = IDX.images(10, height: 28, width: 28)
    try folder.write(IDX.trainImages, whole.dropLast())
    try expectFailure(folder, naming: IDX.trainImages, "ends after 7855 of 7856 bytes")
    try folder.write(IDX.trainImages, whole + [0])
    try expectFailure(folder, naming: IDX.trainImages, "continues after the 7856 bytes")
  }

  @Test(arguments: [[0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [10, 0, 28]])
  func absurdDimensions(sizes: [Int]) throws {
    let folder = try Folder()
    try folder.write(IDX.trainImages, IDX.header(3, sizes) + [1, 2, 3])
    try expectFailure(folder, naming: IDX.trainImages, "declares")
  }

  /// A file may be larger than memory, but no larger than it is.
  @Test func moreImagesThanTheFileHas() throws {
    let folder = try Folder()
    try folder.write(IDX.trainImages, IDX.header(3, [4_000_000_000, 28, 28]) + [1, 2, 3])
    try expectFailure(folder, naming: IDX.trainImages, "ends after 19 of 3136000000016 bytes")
  }

  @Test func labelsOfAnotherNumber() throws {
    let folder = try Folder()
    try folder.write(IDX.trainImages, IDX.images(10, height: 28, width: 28))
    try folder.write(IDX.trainLabels, IDX.labels(9))
    try expectFailure(folder, naming: IDX.trainLabels, "has 9 labels for 10 images")
  }

  @Test func presetNeedsMoreImages() throws {
    let folder = try Folder()
    try folder.write(IDX.trainImages, IDX.images(10, height: 28, width: 28))
    let result = try Program.run(["--data", "data", "--preset", "reference-3"], in: folder)
    #expect(result.status == 64)
    #expect(result.errorLines.count == 1)
    #expect(
      result.errors.hasPrefix("Error: --preset reference-3 leaves out the first 5000 images, but data has only 10"))
    #expect(folder.contents == ["data", IDX.trainImages])
  }
}
