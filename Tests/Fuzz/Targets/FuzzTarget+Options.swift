import Latent
import LatentCommand
import LatentData
import LatentFiles

extension FuzzTarget {
  /// The values of options, which also come out of a checkpoint's notes when a run goes on. Which option is which is
  /// ArgumentParser's business: parsing all options takes it milliseconds.
  static let optionValues = FuzzTarget(
    name: "option-values",
    seeds: {
      [
        "0.25", "256", "18446744073709551615", "90m", "1e308h", "reference-1", "shift=2,flip,noise=0.05,scale=0.1",
        "float64", "synthetic", "./folder",
      ]
      .map { Array($0.utf8) }
    },
    words: [
      "nan", "inf", "0x1p", "e308", "e-400", "-", "+", ".", "h", "m", "s", "9223372036854775807", "fashion-mnist",
    ],
    run: { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      for count in [Parse.count, Parse.size, Parse.workers] {
        if let value = try? count(text) { promise(value >= 1, "\(value) is no count") }
      }
      _ = try? Parse.seed(text)
      if let value = try? Parse.fraction(text) { promise(value >= 0 && value < 1, "\(value) is no fraction") }
      for positive in [Parse.positive, Parse.duration] {
        if let value = try? positive(text) { promise(value > 0 && value.isFinite, "\(value) is not positive") }
      }
      if let value = try? Parse.nonNegative(text) { promise(value >= 0 && value.isFinite, "\(value) is negative") }
      if let augmentation = Augmentation(text) {
        promise(Augmentation(augmentation.description) == augmentation, "\(text): another augmentation")
      }
      _ = Preset(rawValue: text)
      _ = ElementType(argument: text)
      if let source = DataSource(text) { promise(source.description == text, "another data source") }
    })
}
