import { pythonManagement } from '../set-up/management-sdks.ts';
import { managementJourney } from './management.ts';

managementJourney(pythonManagement);
