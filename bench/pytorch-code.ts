/** PyTorch code of all presets and of random networks, run by PyTorch: it has as many parameters, and gives one score a class. */
import { pytorchCode } from '../src-main/shared/network/code/pytorch.ts';
import { checkCode } from './generated-code.ts';
import { pytorchVersions } from './python.ts';

checkCode('pytorch', pytorchCode, pytorchVersions);
