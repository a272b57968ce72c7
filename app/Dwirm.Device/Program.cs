return Dwirm.Device.DeviceProgram.Run(args);
