import { start } from '../../lifecycle/cli/start';
import { fakeRooms } from './fake-rooms';

/** The command line with the fake rooms; bundle it with `bundled`. */
void start(fakeRooms);
