/** Keras code of all presets and of random networks, run by Keras: it has as many parameters, and gives one score a class. */
import { kerasCode } from '../src-main/shared/network/code/keras.ts';
import { checkCode } from './generated-code.ts';
import { pythonVersions } from './python.ts';

checkCode('keras', kerasCode, pythonVersions);
