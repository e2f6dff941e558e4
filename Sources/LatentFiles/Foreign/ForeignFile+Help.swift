extension ForeignFile {
  /// What it is and what to do about it, in one line: "is a PyTorch archive: in Python, import torch; ...".
  package func help(for purpose: Purpose) -> String {
    "is \(kind.rawValue): " + (purpose == .data ? dataAdvice : modelAdvice(purpose))
  }

  /// The path as Python has it: everything special is escaped, so that it stays one line.
  private var python: String { JSONText.quoted(path) }

  /// The path with another ending, as Python has it.
  private func python(_ ending: String) -> String {
    let path = path.hasSuffix("/") ? String(path.dropLast()) : path
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    let stem = name.dropFirst().lastIndex(of: ".").map { path.dropLast(name.distance(from: $0, to: name.endIndex)) }
    return JSONText.quoted(String(stem ?? path[...]) + ending)
  }

  /// - Parameter purpose: a model's weights, or one array
  private func modelAdvice(_ purpose: Purpose) -> String {
    let arrays = python(".npz")
    func saved(by line: String, as reader: String, where condition: String = "") -> String {
      "in Python\(condition), \(line)" + (purpose == .model ? "; then read that with \(reader)" : "")
    }
    func torch(_ load: String) -> String {
      saved(
        by: "import torch; from safetensors.torch import save_file; d = \(load); "
          + "save_file({k: v.contiguous().clone() for k, v in d.items() if torch.is_tensor(v)}, \(python(".safetensors")))",
        as: "SafetensorsFile")
    }
    switch kind {
    case .torch, .torchLegacy:
      return torch(
        "torch.load(\(python), map_location=\"cpu\"); "
          + "d = d.state_dict() if hasattr(d, \"state_dict\") else d.get(\"state_dict\", d)")
    case .torchScript: return torch("torch.jit.load(\(python), map_location=\"cpu\").state_dict()")
    case .torchShards:
      return "in Python, from torch.distributed.checkpoint.format_utils import dcp_to_torch_save; "
        + "dcp_to_torch_save(\(python), \(python(".pt")))"
    case .keras, .hdf5:
      let weights = "numpy.savez(\(arrays), **{v.path: v.numpy() for v in model.weights})"
      return path.hasSuffix(".weights.h5")
        ? saved(
          by: "import numpy; model.load_weights(\(python)); \(weights)", as: "NPZFile, by Keras's names",
          where: " with the model that it belongs to")
        : saved(
          by: "import keras, numpy; model = keras.saving.load_model(\(python)); \(weights)",
          as: "NPZFile, by Keras's names")
    case .savedModel:
      return saved(
        by: "import numpy, tensorflow; model = tensorflow.saved_model.load(\(python)); "
          + "numpy.savez(\(arrays), **{v.name.split(\":\")[0]: v.numpy() for v in model.variables})",
        as: "NPZFile, by Keras's names")
    case .tensorFlowCheckpoint:
      return saved(
        by: "import numpy, tensorflow; c = tensorflow.train.load_checkpoint(\(python)); "
          + "numpy.savez(\(arrays), **{n: c.get_tensor(n) for n in c.get_variable_to_shape_map()})",
        as: "NPZFile, by Keras's names")
    case .pickle:
      return saved(
        by: "import numpy, pickle; numpy.savez(\(arrays), **pickle.load(open(\(python), \"rb\")))", as: "NPZFile",
        where: ", if you trust the file and it is a dictionary of arrays")
    case .flax:
      return saved(
        by: "import flax, numpy; d = flax.serialization.msgpack_restore(open(\(python), \"rb\").read()); "
          + "numpy.savez(\(arrays), **flax.traverse_util.flatten_dict(d, sep=\"/\"))", as: "NPZFile")
    case .gguf:
      return saved(
        by: "import gguf, numpy; "
          + "numpy.savez(\(arrays), **{t.name: t.data for t in gguf.GGUFReader(\(python)).tensors})", as: "NPZFile")
    case .onnx where purpose == .model, .onnxFolder where purpose == .model:
      return "vae-train imports a folder of encoder.onnx and decoder.onnx"
    case .npz where purpose == .model: return "read it with NPZFile"
    case .npz: return "in Python, import numpy; numpy.save(\(python(".npy")), numpy.load(\(python))[\(firstArray)])"
    case .npy where purpose == .model: return "a model is several arrays, which numpy.savez puts into an .npz file"
    case .safetensors where purpose == .model: return "read it with SafetensorsFile"
    case .safetensorsIndex:
      return saved(
        by: "import glob; from safetensors.torch import load_file, save_file; "
          + "d = {k: v for f in glob.glob(\"*.safetensors\") for k, v in load_file(f).items()}; "
          + "save_file(d, \"all.safetensors\")", as: "SafetensorsFile")
    default: return fetching ?? (purpose == .model ? "give a safetensors file" : "give an .npy file")
    }
  }

  private var dataAdvice: String {
    switch kind {
    case .npz: return "rename it so that its name ends in .npz, and give that file"
    case .npy: return "rename it so that its name ends in .npy, and give that file"
    case .safetensors: return "rename it so that its name ends in .safetensors, and give that file"
    case .image, .imageFolder: return "give a folder of .png or .jpg files"
    case .torch, .torchLegacy:
      return "in Python, import numpy, torch; x, y = torch.load(\(python)); numpy.savez(\(python(".npz")), x=x, y=y)"
    case .pickle:
      return "in Python, if you trust the file, import numpy, pickle; x, y = pickle.load(open(\(python), \"rb\")); "
        + "numpy.savez(\(python(".npz")), x=x, y=y)"
    case .matlab:
      return "in Python, import numpy, scipy.io; d = scipy.io.loadmat(\(python)); "
        + "numpy.savez(\(python(".npz")), **{k: v for k, v in d.items() if k[0] != \"_\"}); then name the array"
    case .parquet:
      return "in Python, import pandas; pandas.read_parquet(\(python)).to_csv(\(python(".csv")), index=False)"
    case .hdf5:
      return "in Python, import h5py, numpy; f = h5py.File(\(python)); "
        + "numpy.savez(\(python(".npz")), **{k: v[()] for k, v in f.items()}); then name the array"
    default: return fetching ?? "give \(DataError.sources)"
    }
  }

  /// What to do with what must be fetched or unpacked first, whatever it is for.
  private var fetching: String? {
    switch kind {
    case .lfsPointer: "fetch the file with git lfs pull"
    case .webPage: "the download has failed; fetch it again, from the file's own address"
    case .gzip, .tar, .zip, .otherArchive: "unpack it first"
    default: nil
    }
  }

  /// The name of an archive's first array, as Python has it.
  private var firstArray: String {
    JSONText.quoted(entries.first { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) } ?? "name")
  }
}
