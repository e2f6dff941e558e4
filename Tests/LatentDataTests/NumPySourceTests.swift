import Latent
import LatentFiles
import TestSupport
import Testing

@testable import LatentData

/// NumPy's files as data.
@Suite struct NumPySourceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func load(
    _ file: String, _ part: DatasetPart = .training, limit: Int? = nil
  ) throws -> any Dataset {
    try #require(DataSource(folder.file(file))).load(part, limit: limit)
  }

  private func write(_ array: StoredArray, as name: String) throws {
    try folder.write(NPYFile.encode(array), as: name)
  }

  /// [N, H, W] of bytes: the same pixels and checksum as from an IDX file.
  @Test func greyImages() throws {
    let pixels = (0..<3 * 2 * 4).map { UInt8($0 * 10) }
    try write(StoredArray(shape: [3, 2, 4], elementType: .uint8, bytes: pixels), as: "a.npy")
    let images = try #require(try load("a.npy") as? ImageDataset)
    let expected = ImageDataset(name: "a.npy", height: 2, width: 4, pixels: pixels)
    #expect(images.name == "a.npy" && images.shape == .image(height: 2, width: 4) && images.labels == nil)
    #expect(images.sha256 == expected.sha256)
    let scale = Float(1.0 / 255)
    #expect(images.firstBatch(3).values.floats == pixels.map { (pixel: UInt8) -> Float in Float(pixel) * scale })
    let two = try load("a.npy", .test, limit: 2)
    #expect(two.count == 2 && two.provenance.contains("only the first 2 are used"))
  }

  @Test func colouredImages() throws {
    let pixels: [UInt8] = (0..<24).map { UInt8($0 * 5) }
    try write(StoredArray(shape: [2, 2, 2, 3], elementType: .uint8, bytes: pixels), as: "c.npy")
    let images = try #require(try load("c.npy") as? ImageDataset)
    #expect(images.shape == .image(height: 2, width: 2, channels: 3) && images.channels == 3)
    #expect(images.image(1) == Array(pixels[12...]))
    let batch = images.batch([1])
    #expect(batch.values.shape == [1, 2, 6])
    let scale = Float(1.0 / 255)
    #expect(batch.values.floats == pixels[12...].map { (pixel: UInt8) -> Float in Float(pixel) * scale })
  }

  /// Numbers are taken as they are.
  @Test func numbers() throws {
    let values = (0..<24).map { Float($0) - 7.5 }
    for (sizes, shape) in [
      ([12, 2], ExampleShape.vector(size: 2)), ([4, 3, 2], .series(steps: 3, features: 2)),
      ([2, 2, 2, 3], .image(height: 2, width: 2, channels: 3)),
    ] {
      try write(StoredArray(shape: sizes, floats: values), as: "n.npy")
      let data = try load("n.npy")
      #expect(data.shape == shape && data.count == sizes[0] && data.provenance.contains("\(shape)"))
      let batch = data.batch(Array(0..<sizes[0])[...], in: BatchContext())
      #expect(batch.values.floats == values && batch.values.shape == [sizes[0]] + shape.dimensions)
      let last = data.batch([sizes[0] - 1], in: BatchContext(element: .float64)).values
      #expect(last.element == .float64 && last.values.last == 15.5)
    }
  }

  /// As Keras's mnist.npz has them.
  @Test func archives() throws {
    let (train, test) = (StoredArray(shape: [3, 1, 1], elementType: .uint8, bytes: [1, 2, 3]), [UInt8(9)])
    try folder.write(
      NPZFile.encode([
        ("x_test", StoredArray(shape: [1, 1, 1], elementType: .uint8, bytes: test)), ("x_train", train),
        ("y_train", StoredArray(shape: [3], integers: [7, 0, 255])),
        ("y_test", StoredArray(shape: [1], elementType: .uint8, bytes: [4])),
      ]), as: "mnist.npz")
    let training = try load("mnist.npz", limit: 2)
    #expect(training.labels == [7, 0] && training.originals([1]).floats == [2 * Float(1.0 / 255)])
    #expect(try load("mnist.npz", .test).labels == [4])
    try folder.write(NPZFile.encode([("anything", train)]), as: "one.npz")
    #expect(try load("one.npz", .test).count == 3)
  }

  /// Labels may be called so, and one of several arrays is named; Fortran's order is C's again.
  @Test func namesInArchives() throws {
    let values = StoredArray(shape: [2, 3], floats: [1, 2, 3, 4, 5, 6])
    let labels = StoredArray(shape: [2], integers: [1, 0])
    try folder.write(NPZFile.encode([("data", values), ("labels", labels)]), as: "one.npz")
    #expect(try load("one.npz").labels == [1, 0] && load("one.npz").originals([1]).floats == [4, 5, 6])
    try folder.write(NPZFile.encode([("a", values), ("b", labels), ("c", values)]), as: "several.npz")
    var reading = Reading()
    reading.array = "c"
    #expect(try #require(DataSource(folder.file("several.npz"))).load(.training, reading).count == 2)
    try folder.write(NPYFile.encode(values, fortranOrder: true), as: "fortran.npy")
    #expect(try load("fortran.npy").originals([1]).floats == [4, 5, 6])
  }

  @Test func safetensors() throws {
    let tensors = [
      SafetensorsTensor("x", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6]),
      SafetensorsTensor("labels", shape: [2], integers: [1, 0], as: .int64),
      SafetensorsTensor("images", shape: [1, 2, 2], integers: [0, 50, 100, 255], as: .uint8),
    ]
    try folder.write(SafetensorsFile.encode(tensors), as: "a.safetensors")
    let data = try load("a.safetensors")
    #expect(data.labels == [1, 0] && data.originals([1]).floats == [4, 5, 6] && data.shape == .vector(size: 3))
    let source = try #require(DataSource(folder.file("a.safetensors")))
    var reading = Reading()
    func message() -> String? {
      do { _ = try source.load(.training, reading) } catch { return "\(error)" }
      return nil
    }
    reading.array = "images"
    #expect(message()?.contains("has 2 labels for 1 examples") == true)
    reading.array = "none"
    #expect(
      message()
        == "'\(source)' has no tensor \"none\"; it has \"labels\", \"x\", \"images\"")
    try folder.write(SafetensorsFile.encode([tensors[2]]), as: "one.safetensors")
    let images = try #require(try load("one.safetensors") as? ImageDataset)
    #expect(images.shape == .image(height: 2, width: 2) && images.image(0) == [0, 50, 100, 255])
  }

  @Test func badFiles() throws {
    func message(_ name: String) -> String {
      do { return "\(try load(name).count)" } catch { return "\(error)" }
    }
    let missing = folder.file("missing.npy")
    #expect(message("missing.npy") == "'\(missing)' cannot be read: No such file or directory; check the path")
    try folder.write([1, 2, 3], as: "no.npy")
    #expect(message("no.npy").contains("no.npy") && !message("no.npy").contains("\n"))
    try write(StoredArray(shape: [4], floats: [1, 2, 3, 4]), as: "flat.npy")
    #expect(message("flat.npy").contains("has an array of the shape [4]; give [N, D], [N, T, D]"))
    try write(StoredArray(shape: [0, 2, 2], elementType: .uint8, bytes: []), as: "empty.npy")
    #expect(message("empty.npy").contains("the shape [0, 2, 2]"))
    let values = StoredArray(shape: [2, 1], floats: [1, 2])
    try folder.write(
      NPZFile.encode([("x", values), ("y", StoredArray(shape: [2], integers: [1, 256]))]), as: "labels.npz")
    #expect(message("labels.npz").contains("2 labels for 2 examples; give one for each, from 0 to 255"))
    try folder.write(NPZFile.encode([("a", values), ("b", values)]), as: "which.npz")
    #expect(message("which.npz").contains("which.npz"))
  }
}
