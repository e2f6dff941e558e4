import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

/// What a trained model's run says of it.
extension SavedModel {
  /// Where the images are from that the model was trained on, as its run's folder says or its data set's name; else what
  /// there is.
  package var dataSource: DataSource {
    if let source = record?.settings.source.data { return source }
    switch metadata["data"] {
    case "Fashion-MNIST": return DataSource(FashionMNISTSource())
    case "synthetic digits": return DataSource(SyntheticDigitsSource())
    default: return .auto
    }
  }

  /// The record of the run in whose folder its file lies; nil where there is none.
  package var record: RunRecord? {
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let folders = [folder, folder.dropLast()].map { $0.isEmpty ? "." : $0.joined(separator: "/") }
    return folders.lazy.compactMap { try? RunRecord(contentsOf: $0) }.first
  }

  /// How the images were made black and white that the model was trained on.
  package var binarization: Binarization? { metadata["binarize"].flatMap(Binarization.init(rawValue:)) }

  /// - Throws: ``RunError`` for images of another size or without the labels that the model needs
  package func check(_ images: some Dataset) throws(RunError) {
    guard (images.shape.steps, images.shape.features) == (example.steps, example.features) else {
      throw RunError(
        "the model is for \(example.plural) of \(example), but those of \(images.name) are \(images.shape)")
    }
    if case .text = example, images.shape != example {
      throw RunError(
        "the model is for \(example.plural) of \(example), but those of \(images.name) are \(images.shape)")
    }
    guard !classLabels.isEmpty else { return }
    guard let labels = images.labels else {
      throw RunError("the model is conditional on labels, and \(images.name) has none")
    }
    let others = Set(labels).subtracting(classLabels).sorted()
    guard others.isEmpty else {
      throw RunError(
        "the model knows labels \(classList), and \(images.name) has \(LabelList(others, names: images.classNames))")
    }
  }

  /// `LSTM(256) encoder, … for images of 28x28, conditional on 14 classes: from 17 to 30`
  package var description: String {
    "\(structure) for \(example.plural) of \(example)"
      + (classLabels.isEmpty ? "" : ", conditional on \(classesText)")
  }

  /// `10 classes`, with their labels where these are not numbered from 0 on.
  package var classesText: String {
    "\(classLabels.count) \(classLabels.count == 1 ? "class" : "classes")"
      + (classLabels.last.map(Int.init) == classLabels.count - 1 ? "" : ": \(classList)")
  }
}

extension History {
  /// What a model's health is judged by together with its measures: the history up to its own weights; nil where that is
  /// not known. What losses did after the best epoch, whose weights early stopping has put back, says nothing of these.
  package func judged(with saved: SavedModel) -> History? {
    let epoch = saved.metadata["epochs"].flatMap { Int($0) }
    return last.flatMap { epoch == nil || epoch == $0.epoch ? self : nil }
  }
}
