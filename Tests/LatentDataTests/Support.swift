import Foundation
import TestSupport

@testable import LatentData
@testable import LatentFiles

/// The four names that a data set's files have.
enum Name {
  static let trainImages = "train-images-idx3-ubyte"
  static let trainLabels = "train-labels-idx1-ubyte"
  static let testImages = "t10k-images-idx3-ubyte"
  static let testLabels = "t10k-labels-idx1-ubyte"
}

/// Elements that differ from their neighbours.
func elements(_ count: Int, from start: Int = 0) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: (($0 + start) &* 2_654_435_761) >> 13) }
}

/// The bytes of all images.
func allPixels(of data: ImageDataset) -> [UInt8] { data.withPixels(of: 0..<data.count) { Array($0) } }

/// The error of loading a folder, or nil.
func loadError(_ folder: TemporaryFolder, _ part: DatasetPart = .training, place: PixelPlace = .bySize) -> DataError? {
  do throws(DataError) {
    _ = try ImageDataset.idx(folder: folder.path, part: part, place: place)
    return nil
  } catch {
    return error
  }
}
