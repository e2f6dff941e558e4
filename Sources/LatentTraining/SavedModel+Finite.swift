import Latent
import LatentData
import LatentFiles

extension SavedModel {
  /// What is to be said of weights that are not numbers or infinite: a line for each tensor that has such, at most five and
  /// one for the rest. Empty for a sound model.
  package var notFinite: [String] {
    let broken = model.tensors.filter { !$0.value.storage.isFinite() }
    let lines = broken.prefix(5).map { path, tensor in
      let values = tensor.values.filter { !$0.isFinite }
      let nan = values.count { $0.isNaN }
      let kinds = [(nan, "NaN"), (values.count - nan, "infinite")].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      return "\(path) has \(values.count) of \(tensor.count) numbers that are not finite: "
        + kinds.joined(separator: ", ")
    }
    return lines + (broken.count > 5 ? ["\(broken.count - 5) more tensors have numbers that are not finite"] : [])
  }
}
