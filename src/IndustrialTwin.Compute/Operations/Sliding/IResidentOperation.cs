using IndustrialTwin.Devices;
using IndustrialTwin.Devices.Residents;

namespace IndustrialTwin.Operations.Sliding;

/// <summary>An operation whose forms use memory that the device keeps between launches, beside other forms.</summary>
internal interface IResidentOperation<TInput, TResult>
{
    OperationForm<TInput, TResult> CreateForm(DeviceHardware hardware, NativeResidents residents);

    OperationForm<TInput, TResult> CreateForm(DeviceHardware hardware, IlgpuResidents residents);

    /// <summary>On hardware that keeps nothing.</summary>
    OperationForm<TInput, TResult> CreateForm(ArrayHardware hardware);
}
